/** Two routers as one service: live calls while a drain is ordered at one of them, and while one is killed. */
@NullMarked
package io.tandemsip.examples.tworouters;

import org.jspecify.annotations.NullMarked;
