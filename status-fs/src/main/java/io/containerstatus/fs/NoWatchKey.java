package io.containerstatus.fs;

import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.Watchable;
import java.util.List;

/** Replaces the watch of a folder that exists but is not watched: the follower polls, or watching is not permitted. */
final class NoWatchKey implements WatchKey {
    static final WatchKey KEY = new NoWatchKey();

    private NoWatchKey() {}

    @Override
    public boolean isValid() {
        return true;
    }

    @Override
    public List<WatchEvent<?>> pollEvents() {
        return List.of();
    }

    @Override
    public boolean reset() {
        return true;
    }

    @Override
    public void cancel() {}

    @Override
    public Watchable watchable() {
        throw new UnsupportedOperationException("no folder is watched");
    }
}
