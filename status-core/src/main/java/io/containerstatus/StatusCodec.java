package io.containerstatus;

/** Encodes and decodes a status in containerd's format. */
public final class StatusCodec {
    private StatusCodec() {}

    /** Encodes. */
    public static byte[] encode(Status status) {
        throw new UnsupportedOperationException("encode " + status);
    }

    /** Decodes. */
    public static Status decode(byte[] document) {
        throw new UnsupportedOperationException("decode " + document.length);
    }
}
