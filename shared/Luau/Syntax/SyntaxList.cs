using System.Collections;
using System.Runtime.CompilerServices;

namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>Makes lists for collection expressions.</summary>
public static class SyntaxList
{
    /// <summary>A list of these items.</summary>
    public static SyntaxList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}

/// <summary>The children of a node: a fixed list that is gone over without an allocation, because every pass does nothing else.</summary>
[CollectionBuilder(typeof(SyntaxList), nameof(SyntaxList.Create))]
public readonly struct SyntaxList<T>(T[] items) : IReadOnlyList<T>
{
    private readonly T[]? items = items;

    /// <summary>The number of items.</summary>
    public int Count => items?.Length ?? 0;

    /// <summary>The item at a place, from 0.</summary>
    public T this[int index] => items![index];

    /// <summary>The items.</summary>
    public ReadOnlySpan<T> AsSpan() => items;

    /// <summary>Goes over the items.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    /// <summary>The items of a list that was being filled.</summary>
    public static implicit operator SyntaxList<T>(List<T> list) => new([.. list]);
}
