package io.containerstatus.testing;

/** The file operations for which a {@link Hook} is called. */
public enum FileOperation {
    OPEN_FOLDER,
    OPEN_TO_READ,
    OPEN_TO_LOCK,
    CREATE_FILE,
    CREATE_FOLDER,
    WRITE,
    READ,
    FORCE,
    CLOSE,
    LOCK,
    MOVE,
    LINK,
    DELETE,
    STAT,
    RESOLVE,
    LIST,
    ITERATE,
    /** Creates a watch service. */
    OPEN_WATCH,
    /** Watches one folder. */
    WATCH,
    /** Waits for file events. */
    AWAIT_EVENTS,
    CLOSE_WATCH;

    /**
     * Returns whether the operation changes a file, a name, or what is durable. A kernel may perform such a change
     * and still report a failure.
     */
    public boolean changesSomething() {
        return switch (this) {
            case OPEN_TO_LOCK, CREATE_FILE, CREATE_FOLDER, WRITE, FORCE, MOVE, LINK, DELETE -> true;
            default -> false;
        };
    }

    /**
     * Returns whether the operation works on an open channel. For such an operation, the JDK's exceptions name
     * no file.
     */
    boolean isOfChannel() {
        return switch (this) {
            case WRITE, READ, FORCE, CLOSE, LOCK -> true;
            default -> false;
        };
    }
}
