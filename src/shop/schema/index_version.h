/* How terms are made of texts (shop/index/). Raise the number with a change of that, and servers make older indexes anew
 * (shop/catalogue/reindex.h). A new shop begins with it: its index is empty, so it is as this program makes it. */
#pragma once

#define INDEX_VERSION 5

/* The same as a text, for the schemas. */
#define INDEX_VERSION_SQL_OF(number) #number
#define INDEX_VERSION_SQL_IN(number) INDEX_VERSION_SQL_OF(number)
#define INDEX_VERSION_SQL INDEX_VERSION_SQL_IN(INDEX_VERSION)
