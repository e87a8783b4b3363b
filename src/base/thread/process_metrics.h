/* The process's own figures, with the names that Prometheus' clients give them. */
#pragma once

#include "base/buf.h"

/* Writes process_… and till_build_info in Prometheus' text format. A figure that the system does not tell is left
 * out. From any thread; takes some 50 µs. */
void process_metrics_write(struct buf *out);
