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
    LIST,
    ITERATE
}
