package io.tandemsip.core.source;

import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Makes ids for nodes that nobody named; the same address gives the same id, in every process. Pure. */
public final class NodeNames {
    private static final int MOST = 64;
    private static final int KEPT = 40;
    private static final int DIGEST_BYTES = 8;

    private NodeNames() {}

    /**
     * The id of what has only an address.
     *
     * @param destination where its requests are sent
     * @return for example {@code 127.0.0.11_5080}, or {@code 127.0.0.11_5080_tcp}
     */
    public static NodeId of(SipDestination destination) {
        String transport = destination.transport() == Transport.UDP
                ? ""
                : '_' + destination.transport().token();
        return of(destination.host() + '_' + destination.port() + transport);
    }

    /**
     * The id nearest to a text: what ids may not have becomes a hyphen; a long or changed text is made unique by a digest.
     *
     * @param text not empty
     * @return the id
     */
    public static NodeId of(String text) {
        String fit = text.replaceAll("[^A-Za-z0-9._-]", "-");
        if (fit.equals(text) && fit.length() <= MOST) {
            return NodeId.of(fit);
        }
        return NodeId.of(fit.substring(0, Math.min(fit.length(), KEPT)) + '-' + digest(text));
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256, which every JVM has", impossible);
        }
    }
}
