package io.containerstatus;

import java.util.Objects;

/**
 * The limit for one size of huge pages (CRI's {@code HugepageLimit}).
 *
 * @param pageSize the page size as the kernel names it, such as {@code 2MB} (CRI field {@code
 *     page_size}); empty when not set. Unpaired surrogates are replaced by U+FFFD
 * @param limit the limit in bytes (CRI field {@code limit}, uint64): the long is to be read as
 *     <em>unsigned</em>, see {@link Long#toUnsignedString(long)}; 0 when not set
 */
public record HugepageLimit(String pageSize, long limit) {

    /** Replaces unpaired surrogates. */
    public HugepageLimit {
        pageSize = Text.wellFormed(Objects.requireNonNull(pageSize, "pageSize"));
    }
}
