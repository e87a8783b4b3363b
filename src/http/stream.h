/* Answers that do not end: the live streams. Private to src/http; on the loop's thread.
 *
 *     the broadcast has news   streams_pump     sends it
 *     the next beat is due     stream_recheck   looks up the caller on another thread: is it still let in?
 *     the look-up is done      stream_resume    sends a comment, or ends the stream
 *     the server stops         stream_end
 *
 * An idle stream holds its connection and a struct stream: no exchange, no thread, no connection to the database. What the
 * client has not taken is bounded by stream_unsent_bytes_max and the socket's own buffer. A client that falls behind is
 * cut off, and comes back with the number of the last text that it has. */
#pragma once

#include "http/state.h"

/* Goes on with an answer that has begun. The exchange has a place among streams_max, which the stream has from then on. */
void stream_begin(struct connection *c, struct exchange *exchange);

/* Sends what is new in the broadcast to all streams of a loop. */
void streams_pump(struct loop *loop);

/* Looks up a stream's caller, in a job of the executor. A token that was given to the server holds as long as that. */
void stream_recheck(struct connection *c);

/* Goes on with a stream whose caller was looked up, if it is still let in. Frees the exchange. */
void stream_resume(struct exchange *exchange);

/* Ends the answer and the connection. While the caller is looked up, stream_resume does that. */
void stream_end(struct connection *c);

/* Takes it out of its loop; NULL is allowed. */
void stream_free(struct loop *loop, struct stream *stream);
