package io.containerstatus.fs;

/** Placeholder. */
public final class FileCheckpoints {
    private FileCheckpoints() {}
}
