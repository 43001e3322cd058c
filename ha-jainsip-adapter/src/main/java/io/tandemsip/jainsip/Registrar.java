package io.tandemsip.jainsip;

import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.RegisterResult;
import io.tandemsip.node.NodeId;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sip.header.Header;
import javax.sip.header.HeaderFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes registrations into a store and out of it, and makes the answers (RFC 3261 section 10.3). Thread-safe. */
final class Registrar {
    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

    private final LocationStore store;
    private final Flows flows;
    private final HeaderFactory headers;

    Registrar(LocationStore store, Flows flows, HeaderFactory headers) {
        this.store = store;
        this.flows = flows;
        this.headers = headers;
    }

    LocationStore store() {
        return store;
    }

    /** What is known of the way to whom a REGISTER came from. */
    private Registering.Way way(Arrival arrival, Optional<NodeId> node) {
        Optional<Flow> flow = flows.of(arrival);
        return new Registering.Way(flow.map(flows::path), flow.map(flows::token).orElse(""), flow.isPresent(), node);
    }

    /** Answers a REGISTER. */
    CompletionStage<Step> answer(Arrival arrival) {
        Request register = arrival.request();
        Optional<AddressOfRecord> user = Registering.user(register);
        if (user.isEmpty()) {
            return CompletableFuture.completedFuture(Step.Answer.of(Response.BAD_REQUEST));
        }
        Registering wish = Registering.read(register, way(arrival, Optional.empty()));
        return wish instanceof Registering.Refused refused
                ? CompletableFuture.completedFuture(refusal(refused))
                : done(user.get(), wish).handle((result, broken) -> reply(user.get(), result, broken));
    }

    private CompletionStage<RegisterResult> done(AddressOfRecord user, Registering wish) {
        if (wish instanceof Registering.AllGone all) {
            return store.unregisterAll(user, all.callId(), all.cseq());
        }
        return wish instanceof Registering.Written written
                ? store.register(user, written.contacts())
                : store.find(user).thenApply(RegisterResult.Registered::new);
    }

    /** Keeps what a node accepted; who is not kept for want of the store is after his next REGISTER. */
    void keep(Arrival arrival, Response accepted, NodeId node) {
        Optional<AddressOfRecord> user = Registering.user(arrival.request());
        if (user.isEmpty()) {
            return;
        }
        Registering done = Registering.accepted(arrival.request(), accepted, way(arrival, Optional.of(node)));
        if (!(done instanceof Registering.Asked)) {
            done(user.get(), done).whenComplete((result, broken) -> {
                if (broken != null) {
                    LOG.warn("a registration of {} is not in the store", user.get(), broken);
                }
            });
        }
    }

    private Step refusal(Registering.Refused refused) {
        List<Header> more = new ArrayList<>();
        refused.unsupported().forEach(tag -> add(more, "Unsupported", tag));
        if (refused.status() == Response.INTERVAL_TOO_BRIEF) {
            add(more, "Min-Expires", Long.toString(Registering.LEAST.toSeconds()));
        }
        return new Step.Reply(refused.status(), more);
    }

    private Step reply(AddressOfRecord user, @Nullable RegisterResult result, @Nullable Throwable broken) {
        if (!(result instanceof RegisterResult.Registered registered)) {
            LOG.debug("a REGISTER of {} changed nothing: {}", user, result, broken);
            return Step.Answer.of(Response.SERVER_INTERNAL_ERROR);
        }
        List<Header> more = new ArrayList<>();
        boolean outbound = false;
        for (ContactBinding contact : registered.contacts()) {
            add(more, "Contact", text(contact));
            outbound |= contact.regId() > 0;
        }
        add(more, "Supported", "path");
        add(more, "Supported", "outbound");
        if (outbound) {
            add(more, "Require", "outbound");
        }
        return new Step.Reply(Response.OK, more);
    }

    private static String text(ContactBinding contact) {
        String quality = contact.quality() == 1_000
                ? ""
                : String.format(Locale.ROOT, ";q=%d.%03d", contact.quality() / 1_000, contact.quality() % 1_000);
        String instance = contact.instanceId().isEmpty() ? "" : ";+sip.instance=\"<" + contact.instanceId() + ">\"";
        String regId = contact.regId() == 0 ? "" : ";reg-id=" + contact.regId();
        return '<' + contact.contact() + ">;expires="
                + Math.max(1, contact.expires().plusMillis(999).toSeconds()) + quality + instance + regId;
    }

    private void add(List<Header> to, String name, String value) {
        try {
            to.add(headers.createHeader(name, value));
        } catch (ParseException odd) {
            LOG.debug("{}: {} can't be told", name, value, odd);
        }
    }
}
