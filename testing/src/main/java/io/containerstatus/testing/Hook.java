package io.containerstatus.testing;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.function.BiPredicate;

/** Is asked before every file operation; it may note it, wait, or fail instead. */
@FunctionalInterface
public interface Hook {
    /** Nothing happens on the way. */
    Hook NONE = (operation, path) -> {};

    /** Called on the thread of the operation; the path is told with slashes, and for a rename it is the target. */
    void before(Operation operation, String path) throws IOException;

    /** Returns a hook that fails where this holds, as a full disk does. */
    static Hook full(BiPredicate<Operation, String> where) {
        return (operation, path) -> {
            if (where.test(operation, path)) {
                throw new FileSystemException(path, null, "No space left on device");
            }
        };
    }
}
