/* Points at which a test can kill the program, as a power cut would: `till serve --test-kill NAME`. A point's
 * name is the argument of its kill_point(). Without that flag a point costs one load and one comparison. */
#pragma once

/* Arms the point called `name`, which must stay valid; NULL disarms. Call it before the first thread
 * starts. */
void kill_point_arm(const char *name);

/* Ends the process by SIGKILL if this point is the armed one. */
void kill_point(const char *name);
