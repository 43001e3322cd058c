package io.tandemsip.postgres;

/**
 * A request that is a statement of its own.
 *
 * @param <R> the answer
 */
final class Single<R> extends Request<R> {
    private final Database.Work<R> work;

    Single(Database.Work<R> work) {
        this.work = work;
    }

    /** Runs all, one after the other. */
    static Lane.BatchWork<Single<?>> on(Database database) {
        return batch -> batch.forEach(each -> each.run(database));
    }

    private void run(Database database) {
        succeed(database.call(work));
    }
}
