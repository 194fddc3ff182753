package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority of the test, a server and a client with certificates of that authority, and a stranger without one.
 */
final class Certificates {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final KeyStore store;

    Certificates(Path folder) throws IOException, GeneralSecurityException {
        this.folder = Files.createDirectories(folder);
        Path file = folder.resolve("store.p12");
        keytool(file, "authority", "-ext", "bc:c");
        keytool(file, "server", "-signer", "authority", "-ext", "san=ip:127.0.0.1,dns:localhost");
        keytool(file, "client", "-signer", "authority");
        keytool(file, "stranger");
        store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        for (String name : List.of("authority", "server", "client", "stranger")) {
            StringBuilder chain = new StringBuilder();
            for (Certificate certificate : store.getCertificateChain(name)) {
                chain.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            Files.writeString(certificate(name), chain);
            Files.writeString(key(name), pem("PRIVATE KEY", keyOf(name).getEncoded()));
        }
    }

    /**
     * No certificate has a common name: etcd would use it as the name of a user, and its gateway refuses that.
     */
    private static void keytool(Path file, String name, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "OU=" + name,
                "-keyalg",
                "EC",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        command.addAll(Arrays.asList(more));
        Process process = EtcdMember.started(command, file.resolveSibling("keytool.log"));
        assertThat(process.onExit().join().exitValue()).isZero();
    }

    private Key keyOf(String name) throws GeneralSecurityException {
        return store.getKey(name, PASSWORD.toCharArray());
    }

    /** Returns the encoded bytes as PEM, between lines that name the content. */
    static String pem(String what, byte[] encoded) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + what
                + "-----\n";
    }

    Path authority() {
        return certificate("authority");
    }

    Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** Returns a context that trusts the authority, and presents the certificate of this name. */
    SSLContext context(String name) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", store.getCertificate("authority"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(name, keyOf(name), PASSWORD.toCharArray(), store.getCertificateChain(name));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
