/* Points at which a test may have the program killed, as a power cut would: `till serve --test-kill NAME`.
 * The names are those of the places that call fault_point. Without that flag a point is one load and one
 * comparison. */
#pragma once

/* Arms the point called `name` (static, or argv's); NULL arms none. Before the first thread starts. */
void fault_arm(const char *name);

/* Where this point is the armed one, the process ends here by SIGKILL. */
void fault_point(const char *name);
