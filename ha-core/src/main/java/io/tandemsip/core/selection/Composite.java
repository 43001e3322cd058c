package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import java.util.List;

/** A strategy around others. It is one of this library's own only if all in it are. */
sealed interface Composite extends SelectionStrategy permits PreferZone, Cohorts, LastResort, FirstOf {
    /** Those inside. */
    List<SelectionStrategy> inner();

    /** Whether it calls a user's code while it prepares, besides those inside. */
    default boolean preparesWithUsersCode() {
        return false;
    }

    /** Its own word and the names inside. */
    default String named(String word) {
        StringBuilder name = new StringBuilder(word).append('(');
        inner().forEach(part ->
                name.append(name.charAt(name.length() - 1) == '(' ? "" : ", ").append(part.name()));
        return name.append(')').toString();
    }
}
