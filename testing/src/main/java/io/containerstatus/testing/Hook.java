package io.containerstatus.testing;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.function.BiPredicate;

/** Is asked before and after every file operation; it may note it, wait, or fail. */
@FunctionalInterface
public interface Hook {
    /** Nothing happens on the way. */
    Hook NONE = (operation, path) -> {};

    /**
     * Called on the thread of the operation; the path is told with slashes, and for a rename it is the target. When it
     * fails, the operation has no effect, except that a closing closes all the same: so does the kernel.
     */
    void before(Operation operation, String path) throws IOException;

    /** Called when the operation has taken effect; what this throws is what the operation reports. */
    default void after(Operation operation, String path) throws IOException {}

    /** Returns how many of the offered bytes a write takes. */
    default int taken(String path, int offered) {
        return Math.min(offered, HookedChannel.LARGEST_WRITE);
    }

    /** Returns a hook that fails where this holds, as a full disk does. */
    static Hook full(BiPredicate<Operation, String> where) {
        return (operation, path) -> {
            if (where.test(operation, path)) {
                throw new FileSystemException(path, null, "No space left on device");
            }
        };
    }
}
