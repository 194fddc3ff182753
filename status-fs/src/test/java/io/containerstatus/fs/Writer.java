package io.containerstatus.fs;

import io.containerstatus.Status;

/** Writes statuses, as the library does or in a wrong way. All work runs on the caller's thread. */
interface Writer {
    void open() throws Exception;

    /** Writes the first status of a container. */
    default void create(String id, Status status) throws Exception {
        write(id, status);
    }

    void write(String id, Status status) throws Exception;

    void delete(String id) throws Exception;

    void close();
}
