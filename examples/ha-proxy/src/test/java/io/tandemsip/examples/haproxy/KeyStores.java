package io.tandemsip.examples.haproxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key of the proxy's in {@code proxy.p12}, and its certificate alone in {@code trust.p12}, made by the JDK's keytool. Immutable.
 *
 * @param folder where they are
 */
public record KeyStores(Path folder) {
    /** What opens both. */
    public static final String PASSWORD = "for-a-test";

    /** Makes them. */
    public static KeyStores in(Path folder) throws IOException, InterruptedException {
        KeyStores made = new KeyStores(folder);
        made.keytool(
                "proxy.p12",
                "-genkeypair",
                "-alias",
                "proxy",
                "-keyalg",
                "EC",
                "-dname",
                "CN=proxy",
                "-ext",
                "san=ip:127.0.0.1");
        String certificate = folder.resolve("proxy.cer").toString();
        made.keytool("proxy.p12", "-exportcert", "-alias", "proxy", "-file", certificate);
        made.keytool("trust.p12", "-importcert", "-noprompt", "-alias", "proxy", "-file", certificate);
        return made;
    }

    private void keytool(String store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", file(store), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Path output = Files.createTempFile(folder, "keytool", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(Files.readString(output, StandardCharsets.UTF_8));
        }
    }

    /** Where a store is. */
    public String file(String store) {
        return folder.resolve(store).toString();
    }

    /** Of a client that trusts the proxy; as the proxy itself, or as nobody. */
    public SSLContext client(boolean withKey) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(read("proxy.p12"), PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(read("trust.p12"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(withKey ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore read(String store) throws IOException, GeneralSecurityException {
        KeyStore opened = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(Path.of(file(store)))) {
            opened.load(in, PASSWORD.toCharArray());
        }
        return opened;
    }
}
