package io.tandemsip.jainsip;

import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sip.ClientTransaction;
import javax.sip.Dialog;
import javax.sip.SipProvider;
import javax.sip.message.Request;

/** A provider that sends nothing and keeps what it was to send, with transactions and dialogs to go with it. Thread-safe. */
final class SentRequests {
    final Queue<Request> sent = new ConcurrentLinkedQueue<>();

    SipProvider provider() {
        return (SipProvider) Proxy.newProxyInstance(
                SipProvider.class.getClassLoader(), new Class<?>[] {SipProvider.class}, (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "sendRequest":
                            sent.add((Request) arguments[0]);
                            return null;
                        case "getNewClientTransaction":
                            return transaction((Request) arguments[0]);
                        case "hashCode":
                            return 1;
                        case "toString":
                            return "a provider that sends nothing";
                        default:
                            throw new UnsupportedOperationException(method.getName());
                    }
                });
    }

    ClientTransaction transaction(Request request) {
        return (ClientTransaction) Proxy.newProxyInstance(
                ClientTransaction.class.getClassLoader(),
                new Class<?>[] {ClientTransaction.class},
                (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "getRequest":
                            return request;
                        case "sendRequest":
                            sent.add(request);
                            return null;
                        default:
                            throw new UnsupportedOperationException(method.getName());
                    }
                });
    }

    static Dialog dialog(String callId, String localTag, String remoteTag) throws Exception {
        Object header = Messages.HEADERS.createCallIdHeader(callId);
        return (Dialog) Proxy.newProxyInstance(
                Dialog.class.getClassLoader(),
                new Class<?>[] {Dialog.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getCallId" -> header;
                    case "getLocalTag" -> localTag;
                    case "getRemoteTag" -> remoteTag;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    long count(String method) {
        return sent.stream().filter(each -> each.getMethod().equals(method)).count();
    }
}
