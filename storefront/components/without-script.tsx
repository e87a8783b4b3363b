// The checkout's buttons without a script.

export function WithoutScript({ isOrdered }: { isOrdered: boolean }) {
  return (
    <noscript>
      <p className="mb-5 text-warn">Paying by card needs JavaScript, so that the card’s number stays in your browser.</p>
      {!isOrdered && (
        <div className="flex flex-wrap gap-3">
          <button name="go" value="quote" className="button-quiet">Update the total</button>
          <button name="go" value="place" className="button-main">Order and go on to the payment</button>
        </div>
      )}
    </noscript>
  );
}
