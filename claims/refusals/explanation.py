"""What a page shows of a refusal."""

from dataclasses import dataclass

from claims.refusals.advice import Reader, Who


@dataclass(frozen=True)
class Link:
    """Where the reader can go on. `rel` is the link's purpose: incentives, claim, guidance, message, support."""

    rel: str
    text: str
    url: str


@dataclass(frozen=True)
class Message:
    """A message ready to send; plain text."""

    reader: Reader
    subject: str
    body: str


@dataclass(frozen=True)
class Explanation:
    """One cause, in the language that was active when it was explained."""

    code: str
    title: str
    text: str
    who: Who
    steps: tuple[str, ...]
    message: Message | None
    links: tuple[Link, ...]

    @property
    def who_acts(self) -> str:
        """Who must act, as people read it."""
        return str(self.who.label)

    @property
    def customer_subject(self) -> str:
        """The subject of the message to the customer; empty where the customer can do nothing."""
        return self._for(Reader.CUSTOMER).subject

    @property
    def customer_message(self) -> str:
        """The message to the customer; empty where the customer can do nothing."""
        return self._for(Reader.CUSTOMER).body

    @property
    def colleague_subject(self) -> str:
        """The subject of the message to the firm's global admins; empty where they can do nothing."""
        return self._for(Reader.COLLEAGUE).subject

    @property
    def colleague_message(self) -> str:
        """The message to the firm's global admins; empty where they can do nothing."""
        return self._for(Reader.COLLEAGUE).body

    def _for(self, reader: Reader) -> Message:
        if self.message is None or self.message.reader != reader:
            return Message(reader, "", "")
        return self.message
