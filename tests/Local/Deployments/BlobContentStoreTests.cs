using Azure.Storage.Blobs;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Tests.Local.Functions;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Local.Deployments;

/// <summary>The content store on a real blob storage.</summary>
public sealed class BlobContentStoreTests(Azurite azurite) : ContentStoreContract, IClassFixture<Azurite>
{
    private BlobContentStore? store;

    /// <inheritdoc/>
    protected override IContentStore Store
    {
        get
        {
            Assert.SkipWhen(azurite.ConnectionString.Length == 0, "Azurite is not installed: start the application once.");
            return store ??= new(new BlobServiceClient(azurite.ConnectionString), Clock);
        }
    }
}
