package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.core.store.InMemoryLocationStore;
import io.tandemsip.examples.haproxy.config.RegistrationsConfig.Kind;
import io.tandemsip.jainsip.Registrations;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads what becomes of REGISTER. Confined to one thread. */
final class RegistrationsReader {
    private RegistrationsReader() {}

    static RegistrationsConfig read(YamlSection section, Secrets secrets) {
        section.knowing("to", "from", "flowKey", "contactsAtOnce");
        Kind to = section.required("to", "nodes, nodes-by-path, nodes-and-store or store")
                .flatMap(at -> Kind.of(at.text()).or(() -> at.wrong("nodes, nodes-by-path, nodes-and-store or store")))
                .orElse(Kind.NODES);
        List<String> from = new ArrayList<>();
        if (section.has("from")) {
            for (YamlScalar each : section.scalars("from")) {
                each.as(RegistrationsReader::network).ifPresent(from::add);
            }
        }
        if (to == Kind.STORE && !section.has("from")) {
            section.missing("from", "the networks that may register, as nobody is asked for a password");
        } else if (to != Kind.STORE && section.has("from")) {
            section.scalars("from").stream()
                    .findFirst()
                    .ifPresent(at -> at.wrong("nothing: the nodes say who may register"));
        }
        Optional<FlowKey> key = section.section("flowKey")
                .flatMap(place -> KeysReader.secret(place.knowing("env", "file"), secrets))
                .map(bytes -> new FlowKey(HexFormat.of().formatHex(bytes)));
        OptionalInt atOnce = section.scalar("contactsAtOnce")
                .flatMap(at -> at.integer(1, Registrations.MOST_CONTACTS))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
        return new RegistrationsConfig(to, from, key, atOnce);
    }

    private static String network(String text) {
        Registrations.toStore(InMemoryLocationStore.create(System::nanoTime), List.of(text));
        return text;
    }
}
