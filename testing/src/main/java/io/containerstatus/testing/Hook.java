package io.containerstatus.testing;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.function.BiPredicate;

/** Called before and after every file operation. It may record the operation, wait, or throw. */
@FunctionalInterface
public interface Hook {
    /** Does nothing. */
    Hook NONE = (operation, path) -> {};

    /**
     * Called before the operation, on its thread. The path has slashes; for a rename, it is the target.
     * If this method throws, the operation has no effect. Only a close takes effect all the same, as in
     * the kernel.
     */
    void before(FileOperation operation, String path) throws IOException;

    /**
     * Called after the operation has taken effect. If this method throws, the operation throws the
     * same exception.
     */
    default void after(FileOperation operation, String path) throws IOException {}

    /** Returns how many of the offered bytes a write accepts. */
    default int taken(String path, int offered) {
        return Math.min(offered, HookedChannel.LARGEST_WRITE);
    }

    /** Returns a hook that fails the matching operations, as a full disk does. */
    static Hook full(BiPredicate<FileOperation, String> where) {
        return (operation, path) -> {
            if (where.test(operation, path)) {
                throw new FileSystemException(path, null, "No space left on device");
            }
        };
    }
}
