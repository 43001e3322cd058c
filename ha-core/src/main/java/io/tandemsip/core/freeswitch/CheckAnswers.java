package io.tandemsip.core.freeswitch;

import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.util.Map;
import java.util.Optional;

/**
 * What a node said when it was asked for its settings. Immutable.
 *
 * @param node which
 * @param address of its event socket; empty if none is known
 * @param options what OPTIONS found
 * @param software how it calls itself in answers; empty if it gave none
 * @param end how the event socket ended before all was asked; empty if all was
 * @param replies of the event socket, by command
 * @param profile the SIP profile at the node's port; empty if none is known
 */
record CheckAnswers(
        Node node,
        Optional<EventSocketAddress> address,
        ProbeResult options,
        String software,
        Optional<EslEnd> end,
        Map<String, String> replies,
        String profile) {
    static final String STATUS = "status";
    static final String SWITCHNAME = "switchname";
    static final String CORE_UUID = "global_getvar core_uuid";
    static final String PAUSED = "fsctl pause_check inbound";
    static final String SHUTTING_DOWN = "fsctl shutdown_check";
    static final String PROFILES = "sofia status";
    static final String DATABASE = "show calls count";
    static final String SWITCH_SETTINGS = "xml_locate configuration configuration name switch.conf";
    static final String PROFILE_SETTINGS = "xml_locate configuration configuration name sofia.conf";

    CheckAnswers {
        replies = Map.copyOf(replies);
    }

    static String profileStatus(String profile) {
        return "sofia xmlstatus profile " + profile;
    }

    /** Empty if it did not answer. */
    String reply(String command) {
        return replies.getOrDefault(command, "");
    }

    /** Empty if it did not answer, or with an error. */
    String value(String command) {
        String text = reply(command).strip();
        return text.startsWith("-") ? "" : text;
    }

    /** The numbers of its status; all unknown if it did not answer. */
    FreeSwitchState numbers() {
        return StatusText.read(reply(STATUS), FreeSwitchState.UNKNOWN);
    }

    /** Settings of the core; empty if they could not be read. */
    Optional<Map<String, String>> switchSettings() {
        return ConfigText.settings(reply(SWITCH_SETTINGS));
    }

    /** Settings of the profile at the node's port; empty if they could not be read. */
    Optional<Map<String, String>> profileSettings() {
        return ConfigText.profile(reply(PROFILE_SETTINGS), profile);
    }

    /** What the profile says of itself. */
    String profileValue(String element) {
        return ConfigText.element(reply(profileStatus(profile)), element);
    }
}
