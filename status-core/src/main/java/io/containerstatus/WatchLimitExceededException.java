package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * The operating system refused more file events to a follower of a root, because a limit was reached. The
 * stream ended. Nothing is wrong with the root. Raise the limit, or follow by polling, which needs no
 * file events.
 */
public final class WatchLimitExceededException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String root;
    private final String setting;
    private final int watched;

    /** Creates the failure; {@code reason} is the message of the operating system. */
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

    /**
     * Returns the name of the limit, {@code fs.inotify.max_user_watches} or
     * {@code fs.inotify.max_user_instances}.
     */
    public String setting() {
        return setting;
    }

    /**
     * Returns how many folders the stream was watching when the watch of another folder was refused, including the
     * root and its parent. 0 if the system gave no inotify instance.
     */
    public int watched() {
        return watched;
    }
}
