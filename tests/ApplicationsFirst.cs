using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(ToolboxAI.Tests.ApplicationsFirst))]

namespace ToolboxAI.Tests;

/// <summary>
/// The collections whose tests run applications of their own begin first, the longest of them at the very first: each takes minutes, one
/// test after the other, and would otherwise be waited for when all else is done.
/// </summary>
public sealed class ApplicationsFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = ["billing application", "deployment application", "secrets application", "processes"];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.IndexOf(Long, collection.TestCollectionDisplayName) is >= 0 and var place ? place : Long.Length)];
}
