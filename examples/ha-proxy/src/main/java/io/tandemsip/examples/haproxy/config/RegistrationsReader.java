package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.core.store.InMemoryLocationStore;
import io.tandemsip.examples.haproxy.config.RegistrationsConfig.Kind;
import io.tandemsip.jainsip.Registrations;
import java.util.ArrayList;
import java.util.List;

/** Reads what becomes of REGISTER. Confined to one thread. */
final class RegistrationsReader {
    private RegistrationsReader() {}

    static RegistrationsConfig read(YamlSection section) {
        section.knowing("to", "from");
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
        return new RegistrationsConfig(to, from);
    }

    private static String network(String text) {
        Registrations.toStore(InMemoryLocationStore.create(System::nanoTime), List.of(text));
        return text;
    }
}
