package io.containerstatus;

import java.util.Map;
import java.util.Objects;

/**
 * The limit for one size of huge pages (CRI's {@code HugepageLimit}).
 *
 * @param pageSize the page size as the kernel names it, such as {@code 2MB} (CRI field {@code page_size});
 *     empty if not set. Unpaired surrogates are replaced with U+FFFD
 * @param limit the limit in bytes (CRI field {@code limit}, uint64). Read the long as <em>unsigned</em>, see
 *     {@link Long#toUnsignedString(long)}. 0 if not set
 * @param additionalProperties the members of the list element that this library does not know, see
 *     {@link Status#additionalProperties()}; usually empty
 */
public record HugepageLimit(String pageSize, long limit, Map<String, String> additionalProperties) {

    /**
     * Replaces unpaired surrogates with U+FFFD.
     *
     * @throws IllegalArgumentException if {@code additionalProperties} has entries and does not come from a
     *     decoded {@code HugepageLimit}
     */
    public HugepageLimit {
        pageSize = Text.wellFormed(Objects.requireNonNull(pageSize, "pageSize"));
        additionalProperties = AdditionalProperties.of(additionalProperties, HugepageLimit.class);
    }

    /** Creates a limit without additional properties. */
    public HugepageLimit(String pageSize, long limit) {
        this(pageSize, limit, AdditionalProperties.NONE);
    }

    HugepageLimit withoutAdditionalProperties() {
        return additionalProperties.isEmpty() ? this : new HugepageLimit(pageSize, limit);
    }
}
