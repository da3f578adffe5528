import socket

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import InterfaceError

from pipeline.store.engines import connected


def test_what_is_sent_to_postgresql_waits_for_no_answer_to_what_went_before(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    sockets, create = [], socket.create_connection

    def created(*arguments: object) -> socket.socket:
        sockets.append(create(*arguments))
        return sockets[-1]

    monkeypatch.setattr(socket, "create_connection", created)
    with connected(make_url(postgres_url)) as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        asked = [(socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_KEEPALIVE)]
        assert all(sockets[0].getsockopt(*each) for each in asked)


def test_a_server_that_does_not_answer_is_an_error_of_the_database():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = make_url(f"postgresql+pg8000://izp@127.0.0.1:{free.getsockname()[1]}/izp")
        with pytest.raises(InterfaceError), connected(url):
            pass
