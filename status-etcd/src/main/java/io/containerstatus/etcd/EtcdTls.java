package io.containerstatus.etcd;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The TLS settings of a client of etcd: the certificate authorities that it trusts, and the certificate that
 * it presents. The files are read before the first call of etcd, not when this object is created.
 *
 * <p>This class is immutable.
 */
public final class EtcdTls {
    /** Trusts the certificate authorities of the JDK, and presents no certificate. */
    static final EtcdTls OF_JDK = new EtcdTls(null, null, null);

    private final @Nullable Path authorities;
    private final @Nullable Path certificate;
    private final @Nullable Path key;

    private EtcdTls(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
        this.authorities = authorities;
        this.certificate = certificate;
        this.key = key;
    }

    /**
     * Returns settings that trust only certificates signed by these authorities, and that present no certificate.
     *
     * @param authorities the certificates of the authorities, a PEM file
     */
    public static EtcdTls trusting(Path authorities) {
        return new EtcdTls(Objects.requireNonNull(authorities, "authorities"), null, null);
    }

    /**
     * Returns a copy of these settings that also presents this certificate.
     *
     * @param certificate the certificate and its chain to the authority, a PEM file
     * @param key the private key of the certificate, a PEM file in PKCS#8 without a password
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
