package io.tandemsip.jainsip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Keys and certificates that live as long as a test: made by the JDK's keytool. The proxy and the peer trust each other and nobody
 * else; the stranger trusts them, and they don't know him. Immutable.
 */
final class Certificates {
    private static final String PASSWORD = "for-a-test";

    private final Path folder;

    Certificates(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        for (String name : List.of("proxy", "peer", "stranger")) {
            generate(name, "CN=" + name, "ip:127.0.0.1,dns:localhost");
        }
        for (String name : List.of("proxy", "peer")) {
            trust(name);
        }
    }

    /** One more that is trusted, with this subject and these alternative names, which may be none. */
    Certificates add(String name, String subject, String alternatives) throws IOException, InterruptedException {
        generate(name, subject, alternatives);
        trust(name);
        return this;
    }

    private void generate(String name, String subject, String alternatives) throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", subject));
        arguments.addAll(List.of("-validity", "2", "-keystore", store(name)));
        if (!alternatives.isEmpty()) {
            arguments.addAll(List.of("-ext", "san=" + alternatives));
        }
        keytool(arguments.toArray(String[]::new));
    }

    private void trust(String name) throws IOException, InterruptedException {
        String file = folder.resolve(name + ".cer").toString();
        keytool("-exportcert", "-alias", name, "-file", file, "-keystore", store(name));
        keytool("-importcert", "-noprompt", "-alias", name, "-file", file, "-keystore", store("trust"));
    }

    X509Certificate certificate(String name) throws IOException, GeneralSecurityException {
        return (X509Certificate) read(name).getCertificate(name);
    }

    private String store(String name) {
        return folder.resolve(name + ".p12").toString();
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = Stream.of(
                        Stream.of(tool),
                        Stream.of(arguments),
                        Stream.of("-storetype", "PKCS12", "-storepass", PASSWORD))
                .flatMap(each -> each)
                .toList();
        Path output = Files.createTempFile(folder, "keytool", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(command + ": " + Files.readString(output, StandardCharsets.UTF_8));
        }
    }

    /** What a stack with the proxy's key is made with. */
    Properties addTo(Properties properties) {
        properties.setProperty("javax.net.ssl.keyStore", store("proxy"));
        properties.setProperty("javax.net.ssl.keyStorePassword", PASSWORD);
        properties.setProperty("javax.net.ssl.keyStoreType", "PKCS12");
        properties.setProperty("javax.net.ssl.trustStore", store("trust"));
        properties.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
        properties.setProperty("javax.net.ssl.trustStoreType", "PKCS12");
        return properties;
    }

    /** Who has the key of this name. */
    SSLContext of(String name) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(read(name), PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(read("trust"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore read(String name) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(Path.of(store(name)))) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }
}
