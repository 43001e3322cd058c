package io.tandemsip.selection;

import io.tandemsip.CallRequest;
import java.util.Objects;
import java.util.Optional;

/**
 * What a hash strategy keeps together: calls of which this text is equal go to the same node. An empty text means that
 * the call has no such thing; it then goes by its Call-ID.
 *
 * <p>Any function of the call will do: {@code call -> call.header("X-Conference").orElse("")}. Called on the routing path,
 * on many threads at once: it must not block. What it throws is contained by the router. Thread-safe.
 */
@FunctionalInterface
public interface HashKey {
    /**
     * The text to be hashed.
     *
     * @param call any call
     * @return equal for what belongs together; empty if the call has no such thing
     */
    String of(CallRequest call);

    /**
     * The Call-ID: each call for itself, the same in all routers. Copies nothing.
     *
     * @return the default of all hash strategies
     */
    static HashKey callId() {
        return CallRequest::callId;
    }

    /**
     * User, host and port of the From header: all calls of a caller. Tag and parameters are left aside, the host is taken
     * in lower case.
     *
     * @return needs {@link CallRequest#header}
     */
    static HashKey from() {
        return call -> call.header("From").map(AddressText::address).orElse("");
    }

    /**
     * User, host and port of the To header: all calls to an address of record. Parameters are left aside, the host is taken
     * in lower case.
     *
     * @return needs {@link CallRequest#header}
     */
    static HashKey to() {
        return call -> call.header("To").map(AddressText::address).orElse("");
    }

    /**
     * User, host and port of the Request-URI. Parameters are left aside, the host is taken in lower case.
     *
     * @return needs {@link CallRequest#requestUri()}
     */
    static HashKey requestUri() {
        return call -> AddressText.address(call.requestUri());
    }

    /**
     * Who authenticates: {@code username} of Proxy-Authorization, else of Authorization (RFC 3261, 20.28 and 20.7).
     *
     * @return needs {@link CallRequest#header}
     */
    static HashKey authUser() {
        return call -> call.header("Proxy-Authorization")
                .or(() -> call.header("Authorization"))
                .map(AddressText::userName)
                .orElse("");
    }

    /**
     * The whole value of a header.
     *
     * @param name the header's name in any case
     * @return needs {@link CallRequest#header}
     */
    static HashKey header(String name) {
        Objects.requireNonNull(name, "name");
        return call -> call.header(name).orElse("");
    }

    /**
     * Only the user part of another key's address: {@code HashKey.from().user()}.
     *
     * @return what stands before the last {@code @}; all of it if there is none
     */
    default HashKey user() {
        return call -> AddressText.user(of(call));
    }

    /**
     * The key of this name, for configuration files.
     *
     * @param name {@code call-id}, {@code from}, {@code to}, {@code request-uri}, each of the last three with
     *     {@code -user}; {@code auth-user}; {@code header NAME}
     * @return empty if there is none
     */
    static Optional<HashKey> byName(String name) {
        if (name.startsWith("header ") && !name.substring(7).isBlank()) {
            return Optional.of(header(name.substring(7).trim()));
        }
        return switch (name) {
            case "call-id" -> Optional.of(callId());
            case "from" -> Optional.of(from());
            case "to" -> Optional.of(to());
            case "request-uri" -> Optional.of(requestUri());
            case "auth-user" -> Optional.of(authUser());
            case "from-user" -> Optional.of(from().user());
            case "to-user" -> Optional.of(to().user());
            case "request-uri-user" -> Optional.of(requestUri().user());
            default -> Optional.empty();
        };
    }
}
