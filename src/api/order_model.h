/* What more than one resource says of orders. */
#pragma once

#define EXAMPLE_ORDER_ID "\"0198c0de-9c2d-7a44-8e57-6b1f0a9d8c7e\""
