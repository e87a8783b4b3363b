/** The payments' part of the document, by hand until the server has it: then this file goes, and `npm run generate` brings it. */

interface PaymentRead {
  id: string;
  order_id: string;
  provider: string;
  provider_payment_id: string | null;
  amount: number;
  currency: string;
  status: 'pending' | 'succeeded' | 'failed';
  created_at: string;
  client_secret: string | null;
  failure_message: string | null;
}

interface Replies<Status extends number, Reply> {
  responses: { [S in Status]: { content: { 'application/json': Reply } } };
}

export interface PaymentPaths {
  '/payments/create-intent': {
    post: Replies<201, PaymentRead> & {
      requestBody: { content: { 'application/json': { order_id: string } } };
    };
  };
  '/payments/confirm': {
    post: Replies<200, PaymentRead> & {
      requestBody: { content: { 'application/json': { payment_id: string; payment_method?: string } } };
    };
  };
  '/payments/{payment_id}': { get: Replies<200, PaymentRead> & { parameters: { path: { payment_id: string } } } };
}
