// What makes this shop this one: change it here.
export const shop = {
  name: 'Halfpenny',
  line: 'Useful things, well drawn.',
  about: 'A small shop of things for the desk, the kitchen and the road. All of them are drawings, so no parcel will come.',
  // The shop's one currency (GET /checkout has it); products do not name it.
  currency: process.env.NEXT_PUBLIC_CURRENCY || 'usd',
  locale: 'en-US',
};

export const perPage = 24;
