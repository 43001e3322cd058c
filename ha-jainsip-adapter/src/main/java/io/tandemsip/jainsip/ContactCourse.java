package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The course of what a node sends to a registered user, other than an INVITE, of which {@link ForkingContext} is in charge: to one
 * contact after the other, highest q first, until one takes it or says no. A user that is not registered is asked by the
 * request's own words. Confined to its call's mailbox.
 */
final class ContactCourse implements Course {
    private static final Logger LOG = LoggerFactory.getLogger(ContactCourse.class);

    /** What says that nobody is there, rather than that somebody does not want to. */
    private static final Set<Integer> ABSENT = Set.of(
            Response.NOT_FOUND,
            Response.REQUEST_TIMEOUT,
            Response.GONE,
            Flows.FLOW_FAILED,
            Response.TEMPORARILY_UNAVAILABLE);

    private final LocationStore store;
    private final AddressOfRecord user;
    private final Flows flows;
    private final Course toUser;
    private final Course otherwise;
    private final Queue<ContactBinding> left = new ArrayDeque<>();
    private Optional<RouteMark> recordRoute = Optional.empty();
    private boolean sending;
    private volatile boolean found;

    /**
     * Of a request of a node's.
     *
     * @param toUser sends out what a node sends
     * @param otherwise what becomes of it where the user is not registered
     */
    ContactCourse(LocationStore store, AddressOfRecord user, Flows flows, Course toUser, Course otherwise) {
        this.store = store;
        this.user = user;
        this.flows = flows;
        this.toUser = toUser;
        this.otherwise = otherwise;
    }

    static boolean isAbsent(int status) {
        return ABSENT.contains(status);
    }

    private Course chosen() {
        return found ? toUser : otherwise;
    }

    @Override
    public void begin(Consumer<Supplier<Step>> next) {
        store.find(user).whenComplete((contacts, broken) -> {
            if (contacts == null) {
                LOG.warn("nobody knows where {} is", user, broken);
                next.accept(() -> Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
            } else if (contacts.isEmpty()) {
                otherwise.begin(next);
            } else {
                begin(contacts, next);
            }
        });
    }

    private void begin(List<ContactBinding> contacts, Consumer<Supplier<Step>> next) {
        found = true;
        left.addAll(contacts);
        toUser.begin(decision -> next.accept(() -> {
            Step step = decision.get();
            if (step instanceof Step.Send send) {
                recordRoute = send.recordRoute();
                return toNext();
            }
            return step;
        }));
    }

    private Step toNext() {
        return new Step.Send(Optional.empty(), recordRoute, Optional.of(ToContact.of(left.remove(), flows)));
    }

    @Override
    public void sending(Consumer<Failure> lost) {
        if (!sending) {
            sending = true;
            chosen().sending(lost);
        }
    }

    @Override
    public void controlled(OverloadFeedback feedback) {
        chosen().controlled(feedback);
    }

    @Override
    public void progressed(Response response) {
        chosen().progressed(response);
    }

    @Override
    public boolean answered(Response response) {
        return chosen().answered(response);
    }

    @Override
    public Step failed(Failure failure, Optional<Response> response) {
        boolean absent = response.map(each -> isAbsent(each.getStatusCode())).orElse(true);
        return found && absent && !left.isEmpty() ? toNext() : chosen().failed(failure, response);
    }

    @Override
    public void abandoned() {
        chosen().abandoned();
    }

    @Override
    public boolean beginsCall() {
        return toUser.beginsCall();
    }
}
