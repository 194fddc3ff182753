package io.containerstatus;

import java.util.Objects;

/**
 * Reads and writes a status in containerd's format, version {@code v1}: one JSON object, which is the content
 * of each container's file {@code status}.
 *
 * <p>This class writes exactly the bytes that containerd writes: keys in containerd's order, no white
 * space, and strings escaped as Go's {@code encoding/json} escapes them. Resource limits that are not set
 * are left out.
 *
 * <p>It reads as leniently as Go's {@code encoding/json}. Keys match regardless of case (by Go's simple
 * folding). If a key is repeated, the last value counts. Null leaves a number, a string or a boolean
 * unchanged. White space may surround the document. This class deliberately differs from Go in six points:
 *
 * <ul>
 *   <li>Members with unknown keys are kept, see {@link Status#additionalProperties()}; Go ignores them.
 *       This applies to the document, to {@code Resources}, {@code linux} and {@code windows}, and to
 *       list elements.
 *   <li>Bytes that are not UTF-8 are an error; Go replaces them.
 *   <li>Null elements of a list are dropped. containerd 1.6.9 to 1.6.15 wrote such elements.
 *   <li>If an object, a list or a map is repeated, the last one replaces the earlier one; Go merges them.
 *   <li>Nesting deeper than 500 levels and numbers longer than 1000 characters are errors.
 *   <li>A document that consists of the word {@code null} is corrupt; Go reads it as an empty one.
 * </ul>
 *
 * <p>This class is threadsafe. Its methods do no I/O and never block, and no call affects the result
 * of another.
 */
public final class StatusCodec {
    private static final String JACKSON = "tools.jackson.core:jackson-core";
    private static final String LOWEST_JACKSON = "3.1.0";

    private static volatile boolean usable;

    private StatusCodec() {}

    /**
     * Returns the document of the status. The document does not contain the flags {@link Status#starting()},
     * {@link Status#removing()} and {@link Status#unknown()}.
     *
     * @param status any status; every {@code Status} can be written
     * @return the bytes of the file: UTF-8, without a newline at the end, in a new array
     * @throws NullPointerException if the status is null
     */
    public static byte[] encode(Status status) {
        Objects.requireNonNull(status, "status");
        WireWriter document = new WireWriter();
        WireFormat.STATUS.write(status, document);
        return document.toByteArray();
    }

    /**
     * Returns the status in the document. If the document has several faults, the exception reports the first
     * of these: bytes that are not UTF-8, a JSON syntax error anywhere, the version, the first value of a
     * wrong type or out of range.
     *
     * @param document the bytes of the file; this method neither changes nor keeps the array
     * @return the status, with the three flags false
     * @throws CorruptStatusException if the bytes are not a status; the exception says what is wrong at
     *     which byte
     * @throws UnsupportedVersionException if the document is an object whose version is missing, empty or
     *     not {@code v1}
     * @throws NullPointerException if the array is null
     */
    public static Status decode(byte[] document) {
        Objects.requireNonNull(document, "document");
        int bad = Utf8.firstInvalid(document);
        if (bad >= 0) {
            throw new CorruptStatusException("not UTF-8", bad);
        }
        return DocumentParser.parse(document);
    }

    /**
     * Returns an upper bound of the document's length, without encoding the status. The bound is at least the
     * length of what {@link #encode} returns, and about six times that length for usual strings. The time of
     * a call grows with the number of list elements. It does not depend on the length of the strings or the
     * number of {@code unified} settings.
     *
     * @return the bound in bytes; greater than {@link Integer#MAX_VALUE} if the document would not fit into
     *     an array
     * @throws NullPointerException if the status is null
     */
    public static long maxEncodedLength(Status status) {
        return WireFormat.STATUS.maxLength(Objects.requireNonNull(status, "status"));
    }

    /**
     * Checks that the libraries that this class needs are present and work, by writing and reading a small
     * status. After the first success, a call costs one volatile read. Call it once before statuses are read.
     * Then a missing library is reported as such, and not as a failure of each status.
     *
     * @throws IncompatibleDependencyException if Jackson's parser is missing, or has another API than
     *     expected. A later call checks again; but a class that the virtual machine could not initialize
     *     stays unusable until the virtual machine is restarted
     */
    public static void requireUsable() {
        if (usable) {
            return;
        }
        try {
            CodecCheck.run();
        } catch (LinkageError | RuntimeException e) {
            throw new IncompatibleDependencyException(
                    JACKSON, LOWEST_JACKSON, rootCause(e).toString(), e);
        }
        usable = true;
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
