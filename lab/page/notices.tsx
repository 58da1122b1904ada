interface NoticesProps {
  readonly notices: readonly string[];
  readonly onClose: () => void;
}

/** What could not be done as it was asked for, a sentence each. */
export const Notices = ({ notices, onClose }: NoticesProps) =>
  notices.length === 0 ? null : (
    <div class="notices" role="alert">
      <ul>
        {notices.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </div>
  );
