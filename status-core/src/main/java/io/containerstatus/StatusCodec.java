package io.containerstatus;

import java.util.Objects;

/**
 * Reads and writes a status in containerd's format, version {@code v1}: one JSON object, as it lies in the file
 * {@code status} of every container.
 *
 * <p>Writing is exact to the byte: keys in containerd's order, no white space, strings escaped as Go's
 * {@code encoding/json} escapes them, empty resource limits left out.
 *
 * <p>Reading is as lenient as Go's reader: the case of a key does not matter (by Go's simple folding), a later key wins
 * over an earlier equal one, null leaves a number, a text or a boolean as it is, white space may surround the document.
 * It differs on purpose in six points:
 *
 * <ul>
 *   <li>Members with unknown keys are kept, see {@link Status#additionalProperties()}; Go ignores them. This goes for
 *       the document, for {@code Resources}, {@code linux} and {@code windows}, and for the elements of lists.
 *   <li>Bytes that are not UTF-8 are an error; Go replaces them.
 *   <li>Null elements of a list are dropped; containerd 1.6.9 to 1.6.15 wrote such.
 *   <li>A repeated object, list or map wins whole; Go merges it into the earlier one.
 *   <li>Nesting deeper than 500 and numbers longer than 1000 characters are errors.
 *   <li>A document that is the word {@code null} is corrupt; for Go it is an empty one.
 * </ul>
 *
 * <p>This class is threadsafe; its methods hold no state, do no I/O and never block.
 */
public final class StatusCodec {
    private static final String JACKSON = "tools.jackson.core:jackson-core";
    private static final String LOWEST_JACKSON = "3.1.0";

    private static volatile boolean usable;

    private StatusCodec() {}

    /**
     * Returns the document of the status. The flags {@link Status#starting()}, {@link Status#removing()} and
     * {@link Status#unknown()} have no place in it.
     *
     * @param status any status; what could not be written never gets into one
     * @return the bytes of the file, UTF-8 without a newline at the end; a new array
     * @throws NullPointerException if the status is null
     */
    public static byte[] encode(Status status) {
        Objects.requireNonNull(status, "status");
        WireWriter document = new WireWriter();
        WireFormat.STATUS.write(status, document);
        return document.toByteArray();
    }

    /**
     * Returns the status in the document. Where several things are wrong, the first of these is told: bytes that are not
     * UTF-8, then a breach of JSON's syntax anywhere, then the version, then the first value of a wrong type or out of
     * range.
     *
     * @param document the bytes of the file; only read, and not kept
     * @return the status, with the three flags off
     * @throws CorruptStatusException if the bytes are no status; it says what is wrong at which byte
     * @throws UnsupportedVersionException if it is an object whose version is missing, empty or another than {@code v1}
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
     * Returns an upper bound for the length of the document, without encoding. It is at least the length of what {@link
     * #encode} returns, and about six times as long for usual texts. It takes time for each element of the lists, and
     * none for the length of a text or the number of {@code unified} settings.
     *
     * @return a number of bytes; more than {@link Integer#MAX_VALUE} for a status that no array can hold
     * @throws NullPointerException if the status is null
     */
    public static long maxEncodedLength(Status status) {
        return WireFormat.STATUS.maxLength(Objects.requireNonNull(status, "status"));
    }

    /**
     * Checks that the libraries are there that reading and writing need, by writing and reading a small status. After the
     * first success a call takes the time of one volatile read. To call it once, before statuses are read, keeps a
     * missing library from looking like a fault of each status.
     *
     * @throws IncompatibleDependencyException if Jackson's parser is missing or has another API than expected; a later
     *     call tries again, but what the virtual machine could not initialize stays so until it is restarted
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
