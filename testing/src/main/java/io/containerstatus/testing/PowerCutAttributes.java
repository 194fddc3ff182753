package io.containerstatus.testing;

import io.containerstatus.testing.DiskNode.File;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * The attributes of a node. Its file key is the node itself, so no other disk has the same key, not even the
 * same disk after a power cut.
 */
record PowerCutAttributes(DiskNode fileKey, boolean isDirectory, long size, FileTime lastModifiedTime)
        implements BasicFileAttributes {

    static PowerCutAttributes of(DiskNode node) {
        long size = node instanceof File file ? file.bytes.length : 0;
        return new PowerCutAttributes(node, !(node instanceof File), size, FileTime.fromMillis(node.modified));
    }

    @Override
    public boolean isRegularFile() {
        return !isDirectory;
    }

    @Override
    public boolean isSymbolicLink() {
        return false;
    }

    @Override
    public boolean isOther() {
        return false;
    }

    @Override
    public FileTime lastAccessTime() {
        return lastModifiedTime;
    }

    @Override
    public FileTime creationTime() {
        return lastModifiedTime;
    }
}
