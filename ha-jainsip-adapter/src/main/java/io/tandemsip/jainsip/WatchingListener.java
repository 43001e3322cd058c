package io.tandemsip.jainsip;

import io.tandemsip.dialog.DialogId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.sip.Dialog;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipListener;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;

/**
 * Hands each event to the host's listener, then tells an observer what it read before: the host may have changed the
 * message by then, or asked for the next node itself. Thread-safe.
 */
final class WatchingListener implements ListenerAround {
    private final SipListener host;
    private final Observer observer;
    private final Mishaps mishaps;
    private final @Nullable FailingOver failingOver;

    private WatchingListener(SipListener host, Observer observer, Mishaps mishaps, @Nullable FailingOver failingOver) {
        this.host = host;
        this.observer = observer;
        this.mishaps = mishaps;
        this.failingOver = failingOver;
    }

    /** A listener that is all that the host's is: stacks look for extensions of the interface by its type. */
    static ListenerAround around(
            SipListener host, Observer observer, Mishaps mishaps, @Nullable FailingOver failingOver) {
        WatchingListener watching = new WatchingListener(host, observer, mishaps, failingOver);
        Set<Class<?>> extensions = new LinkedHashSet<>();
        for (Class<?> type = host.getClass(); type != null; type = type.getSuperclass()) {
            collect(type, extensions);
        }
        return extensions.isEmpty() ? watching : watching.as(extensions);
    }

    private static void collect(Class<?> type, Set<Class<?>> extensions) {
        for (Class<?> each : type.getInterfaces()) {
            boolean isSeenByStacks = Modifier.isPublic(each.getModifiers());
            if (isSeenByStacks && SipListener.class.isAssignableFrom(each) && each != SipListener.class) {
                extensions.add(each);
            }
        }
    }

    private ListenerAround as(Set<Class<?>> extensions) {
        List<Class<?>> types = new ArrayList<>(extensions);
        types.add(ListenerAround.class);
        InvocationHandler handler = (proxy, method, arguments) ->
                method.getName().equals("equals") ? (Object) (proxy == arguments[0]) : dispatch(method, arguments);
        return (ListenerAround)
                Proxy.newProxyInstance(host.getClass().getClassLoader(), types.toArray(Class<?>[]::new), handler);
    }

    private @Nullable Object dispatch(Method method, Object @Nullable [] arguments) throws Throwable {
        Class<?> declarer = method.getDeclaringClass();
        Object target = declarer.isInstance(this) ? this : host;
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Error fatal) {
                broke(fatal);
                return null;
            }
            throw thrown.getCause();
        }
    }

    // --- events ---

    @Override
    public void processRequest(RequestEvent event) {
        Optional<RequestKey> cancelled = read(() -> cancelled(event.getRequest()));
        hand(() -> host.processRequest(event), cancelled, observer::cancelled);
        FailingOver over = failingOver;
        if (over != null && cancelled.isPresent()) {
            Optional<Boolean> unused = read(() -> {
                over.onCancel(event, cancelled.get());
                return Optional.empty();
            });
        }
    }

    private static Optional<RequestKey> cancelled(Request request) {
        return request.getMethod().equals(Request.CANCEL)
                ? Optional.of(RequestKey.received(request))
                : Optional.empty();
    }

    @Override
    public void processResponse(ResponseEvent event) {
        if (!isProbes(event)) {
            Optional<Heard> heard = read(() -> Optional.of(Heard.of(event.getResponse())));
            see(event, () -> seen(event, heard), host::processResponse, heard, observer::heard);
        }
    }

    private Optional<ResponseEvent> seen(ResponseEvent event, Optional<Heard> heard) throws Exception {
        return failingOver == null || heard.isEmpty() ? Optional.of(event) : failingOver.onResponse(event, heard.get());
    }

    private boolean isProbes(ResponseEvent event) {
        try {
            return OptionsProbe.consumes(event);
        } catch (RuntimeException | Error broken) {
            mishaps.report("an event could not be read", broken);
            return false;
        }
    }

    @Override
    public void processTimeout(TimeoutEvent event) {
        see(
                event,
                () -> failingOver == null ? Optional.of(event) : failingOver.onTimeout(event),
                host::processTimeout,
                read(() -> SipDoor.heard(event)),
                observer::heard);
    }

    @Override
    public void processIOException(IOExceptionEvent event) {
        hand(() -> host.processIOException(event), read(() -> SipDoor.heard(event)), observer::heard);
    }

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {
        see(
                event,
                () -> failingOver == null ? Optional.of(event) : failingOver.onTerminated(event),
                host::processTransactionTerminated,
                Optional.empty(),
                nothing -> {});
    }

    /** Stacks that keep dialogs for their host say when one is over. */
    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {
        hand(() -> host.processDialogTerminated(event), read(() -> over(event.getDialog())), observer::over);
    }

    private static Optional<DialogId> over(@Nullable Dialog dialog) {
        if (dialog == null || dialog.getCallId() == null || dialog.getRemoteTag() == null) {
            return Optional.empty();
        }
        return Optional.of(new DialogId(
                dialog.getCallId().getCallId(), SipText.orEmpty(dialog.getLocalTag()), dialog.getRemoteTag()));
    }

    // --- guards ---

    private interface Reading<T> {
        Optional<T> read();
    }

    private <T> Optional<T> read(Reading<T> reading) {
        try {
            return reading.read();
        } catch (RuntimeException | Error broken) {
            mishaps.report("an event could not be read", broken);
            return Optional.empty();
        }
    }

    private <T> void hand(Runnable host, Optional<T> news, Consumer<T> to) {
        try {
            host.run();
        } catch (Error fatal) { // the stack's thread would end by it
            broke(fatal);
        } finally {
            news.ifPresent(to);
        }
    }

    private interface Sight<E> {
        Optional<E> see() throws Exception;
    }

    /** Hands on what the host is to see of an event; if that can't be told, the event. */
    private <E, T> void see(E event, Sight<E> sight, Consumer<E> host, Optional<T> news, Consumer<T> to) {
        Optional<E> seen;
        try {
            seen = sight.see();
        } catch (Exception | Error broken) {
            mishaps.report("a failed request could not go on", broken);
            seen = Optional.of(event);
        }
        if (seen.isPresent()) {
            E shown = seen.get();
            hand(() -> host.accept(shown), news, to);
        } else {
            news.ifPresent(to);
        }
    }

    private void broke(Error fatal) {
        mishaps.report(HOST_BROKE, fatal);
    }

    /** What is counted when the host's listener throws an Error. */
    static final String HOST_BROKE =
            "the host's listener threw an Error; kept from the stack, whose thread it would end";

    @Override
    public void close() {
        observer.close();
    }
}
