package io.tandemsip.jainsip;

import io.tandemsip.location.ContactBinding;
import java.util.ArrayList;
import java.util.List;
import javax.sip.header.ExtensionHeader;
import javax.sip.message.Request;

/**
 * The contacts that an INVITE goes to, and which of them ring at once: those of the same q (RFC 3261 section 16.6), as many as are
 * allowed. Immutable.
 *
 * @param all highest q first
 * @param groups their numbers, from 0, in the order in which they are asked
 * @param breadth how many branches the request may have at once, here and further on (RFC 5393); 0 or more
 */
record ForkedContacts(List<ContactBinding> all, List<List<Integer>> groups, int breadth) {
    static final String MAX_BREADTH = "Max-Breadth";

    /** RFC 5393 section 5.3.3.1. */
    static final int MAX_BREADTH_EXCEEDED = 440;

    /** Of a request that says nothing. */
    private static final int USUAL_BREADTH = 60;

    ForkedContacts {
        all = List.copyOf(all);
        groups = groups.stream().map(List::copyOf).toList();
    }

    /**
     * Of a request.
     *
     * @param contacts highest q first
     * @param atOnce how many ring at once at most
     */
    static ForkedContacts of(List<ContactBinding> contacts, int atOnce, Request request) {
        int breadth = breadth(request);
        int most = Math.max(1, Math.min(atOnce, breadth));
        List<List<Integer>> groups = new ArrayList<>();
        for (int number = 0; number < contacts.size(); number++) {
            List<Integer> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
            boolean joins = !last.isEmpty()
                    && last.size() < most
                    && contacts.get(last.get(0)).quality()
                            == contacts.get(number).quality();
            if (!joins) {
                groups.add(new ArrayList<>());
            }
            groups.get(groups.size() - 1).add(number);
        }
        return new ForkedContacts(contacts, groups, breadth);
    }

    private static int breadth(Request request) {
        if (request.getHeader(MAX_BREADTH) instanceof ExtensionHeader given) {
            String text = SipText.orEmpty(given.getValue()).trim();
            return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : USUAL_BREADTH;
        }
        return USUAL_BREADTH;
    }

    /** The way to one of them, which gets its part of the breadth; nothing is said of it where nothing is divided. */
    ToContact way(int number, Flows flows) {
        int ringing = groups.stream()
                .filter(group -> group.contains(number))
                .findFirst()
                .map(List::size)
                .orElse(1);
        return ToContact.of(all.get(number), flows).withBreadth(ringing == 1 ? 0 : breadth / ringing);
    }
}
