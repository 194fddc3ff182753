package io.containerstatus.testing;

/** What the code under test asks of a {@link HookedFileSystem}. */
public enum Operation {
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
    /** The making of a watch service. */
    OPEN_WATCH,
    /** The watch of one folder. */
    WATCH,
    /** The wait for file events. */
    AWAIT_EVENTS,
    CLOSE_WATCH;

    /** Returns whether it changes a file, a name or what is durable: a kernel may do that and still report a failure. */
    public boolean changesSomething() {
        return switch (this) {
            case OPEN_TO_LOCK, CREATE_FILE, CREATE_FOLDER, WRITE, FORCE, MOVE, LINK, DELETE -> true;
            default -> false;
        };
    }

    /** Returns whether it works on an open channel: then the JDK's failures name no file. */
    boolean isOfChannel() {
        return switch (this) {
            case WRITE, READ, FORCE, CLOSE, LOCK -> true;
            default -> false;
        };
    }
}
