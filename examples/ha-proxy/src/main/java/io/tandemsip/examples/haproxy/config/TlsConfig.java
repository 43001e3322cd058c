package io.tandemsip.examples.haproxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who the proxy is by TLS, and whom it trusts. Immutable.
 *
 * @param keyStore its key and certificate
 * @param trustStore whose certificates are good; empty for those of the key store
 * @param mutual whether who connects by TLS needs a certificate
 */
public record TlsConfig(Store keyStore, Optional<Store> trustStore, boolean mutual) {
    /**
     * A file with keys or certificates.
     *
     * @param file where it is
     * @param type as Java calls it, such as PKCS12
     * @param password a secret
     */
    public record Store(Path file, String type, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Store[" + type + ' ' + file + ']';
        }
    }
}
