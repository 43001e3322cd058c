package io.tandemsip.examples.haproxy.config;

import java.util.Optional;

/** Where several proxies share what they know. Immutable. */
public sealed interface StoreConfig {
    /**
     * In Redis.
     *
     * @param url without user and password
     * @param login empty for none
     * @param prefix what keys begin with; empty for the library's own
     * @param kamailioKeys whether a Kamailio serves the same calls by the keys of its own script
     */
    record Redis(String url, Optional<Login> login, Optional<String> prefix, boolean kamailioKeys)
            implements StoreConfig {}

    /**
     * In PostgreSQL.
     *
     * @param url without user and password
     * @param login empty for none
     * @param schema where the tables are; empty for the library's own
     */
    record Postgres(String url, Optional<Login> login, Optional<String> schema) implements StoreConfig {}

    /**
     * As whom to connect.
     *
     * @param user empty for the store's default
     * @param password a secret
     */
    record Login(Optional<String> user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Login[user=" + user.orElse("") + ']';
        }
    }
}
