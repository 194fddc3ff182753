package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Describes an I/O failure in words. The messages of many I/O exceptions hold only the path. The JDK reports
 * the system's text and no error number, so failures of the system are recognised by their English text.
 */
final class IoReason {
    private IoReason() {}

    /**
     * Returns whether the system reported EINVAL. For the sync of a folder, that means the file system
     * does not support it.
     */
    static boolean isInvalidArgument(IOException failure) {
        return "Invalid argument".equals(failure.getMessage());
    }

    /**
     * Returns whether the system reported ENOLCK. For a lock, that means the file system or its server
     * does not support it.
     */
    static boolean isNoLocks(IOException failure) {
        return "No locks available".equals(failure.getMessage());
    }

    static String of(Throwable failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (failure instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (failure instanceof Error) {
            // The messages of many errors are only a name: a class name, or "Java heap space".
            return failure.toString();
        }
        String reason = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        if (reason == null || reason.isEmpty()) {
            return failure.getClass().getName();
        }
        // The kernel's text for EBUSY.
        return reason.equals("Device or resource busy")
                ? reason + "; a mount point can be neither removed nor renamed"
                : reason;
    }
}
