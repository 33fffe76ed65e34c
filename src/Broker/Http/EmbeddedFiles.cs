using System.Reflection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace MoshBroker.Http;

/// <summary>Files that travel inside an assembly, under their own names (the framework's provider bends '-' and leading digits).</summary>
internal sealed class EmbeddedFiles(Assembly assembly, string root) : IFileProvider
{
    private readonly DateTimeOffset _built = new(File.GetLastWriteTimeUtc(assembly.Location));

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IFileInfo GetFileInfo(string subpath)
    {
        string name = root + "/" + subpath.TrimStart('/');
        using Stream? stream = assembly.GetManifestResourceStream(name);
        return stream is null ? new NotFoundFileInfo(subpath) : new EmbeddedFile(assembly, name, stream.Length, _built);
    }

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    private sealed class EmbeddedFile(Assembly assembly, string name, long length, DateTimeOffset built) : IFileInfo
    {
        public bool Exists => true;

        public long Length => length;

        public string? PhysicalPath => null;

        public string Name => Path.GetFileName(name);

        public DateTimeOffset LastModified => built;

        public bool IsDirectory => false;

        public Stream CreateReadStream() => assembly.GetManifestResourceStream(name)!;
    }
}
