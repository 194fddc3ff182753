package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * The operating system gave a follower of a root no more of its file events; the stream ended. Nothing is wrong with the
 * root. Raise the limit, or follow by polling, which needs no file events.
 */
public final class WatchLimitExceededException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String root;
    private final String setting;
    private final int watched;

    /** Creates the failure; {@code reason} is the operating system's. */
    public WatchLimitExceededException(
            String root, String setting, int watched, String reason, @Nullable Throwable cause) {
        super(
                "cannot follow " + root + " by file events, with " + watched + " folders watched: " + reason
                        + "; raise " + setting + ", or follow by polling, which needs none",
                cause);
        this.root = root;
        this.setting = setting;
        this.watched = watched;
    }

    /** Returns the root that was followed. */
    public String root() {
        return root;
    }

    /** Returns the name of the limit, {@code fs.inotify.max_user_watches} or {@code fs.inotify.max_user_instances}. */
    public String setting() {
        return setting;
    }

    /**
     * Returns how many folders this follower was watching when it was refused one more, the root and its parent among
     * them.
     */
    public int watched() {
        return watched;
    }
}
