package io.containerstatus.etcd;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client of etcd trusts, and what it presents as itself. The files are read when the adapter is opened, not
 * here.
 *
 * <p>This class is immutable.
 */
public final class EtcdTls {
    /** Trusts the certificate authorities of the JDK, and presents nothing. */
    static final EtcdTls OF_JDK = new EtcdTls(null, null, null);

    private final @Nullable Path authorities;
    private final @Nullable Path certificate;
    private final @Nullable Path key;

    private EtcdTls(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
        this.authorities = authorities;
        this.certificate = certificate;
        this.key = key;
    }

    /** Returns one that trusts the certificates that these authorities have signed, in a PEM file, and no others. */
    public static EtcdTls trusting(Path authorities) {
        return new EtcdTls(Objects.requireNonNull(authorities, "authorities"), null, null);
    }

    /**
     * Returns one that presents this certificate, too.
     *
     * @param certificate the certificate with those that lead to its authority, a PEM file
     * @param key its private key, a PEM file in PKCS#8 without a password
     */
    public EtcdTls presenting(Path certificate, Path key) {
        return new EtcdTls(
                authorities, Objects.requireNonNull(certificate, "certificate"), Objects.requireNonNull(key, "key"));
    }

    /** Reads the files. */
    ChannelCredentials credentials() throws IOException {
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        if (authorities != null) {
            builder.trustManager(authorities.toFile());
        }
        if (certificate != null && key != null) {
            builder.keyManager(certificate.toFile(), key.toFile());
        }
        return builder.build();
    }
}
